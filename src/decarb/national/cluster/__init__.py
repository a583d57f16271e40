"""The aggregation of a store in tasks of whole submissions: on the threads of this process, or on a Dask cluster.

Both run the same functions over the same plan, which depends on the store alone: the results have the same bits.
"""

from decarb.national.cluster.aggregating import StoreAggregates, aggregate_store
from decarb.national.cluster.running import OnExecutor, OnThreads, Runner
from decarb.national.cluster.scheduler import OnCluster, connected

__all__ = ["OnCluster", "OnExecutor", "OnThreads", "Runner", "StoreAggregates", "aggregate_store", "connected"]
