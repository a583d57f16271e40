"""Every message of decarb by code, and what to do next; translated where they are shown."""

from decarb.language import mark

MESSAGES: dict[str, str] = {
    "file-unreadable": mark("cannot read the file: {reason}"),
    "document-too-large": mark("the file has {bytes} bytes; the limit is {limit}"),
    "empty-document": mark("the file is empty"),
    "utf-16": mark("the file is in UTF-16"),
    "not-utf-8": mark("line {line}: the byte {byte} is not UTF-8"),
    "invalid-json": mark("line {line}, column {column}: not valid JSON at «{value}»"),
    "number-not-finite": mark(
        "line {line}, column {column}: {value} is not a number that JSON or an inventory knows"
    ),
    "number-too-large": mark("line {line}, column {column}: the number at «{value}» is too large"),
    "lone-surrogate": mark("line {line}, column {column}: half a character (lone surrogate) in a text"),
    "too-deep": mark("line {line}: the document is nested too deeply"),
    "duplicate-key": mark("the key «{value}» stands twice in the same object"),
    "missing-field": mark("the field «{value}» is missing"),
    "unknown-field": mark("the field «{value}» is not in this version of the schema"),
    "unknown-version": mark("schema version {value} is not known; known: {known}"),
    "factor-or-code": mark("a line needs exactly one of «factor» and «code»"),
    "wrong-type": mark("{value} is not of the type {expected}"),
    "number-as-text": mark("{value} is a text; a number was expected"),
    "not-allowed": mark("{value} is not allowed here"),
    "too-small": mark("{value} is below the limit {limit}"),
    "too-large": mark("{value} is above the limit {limit}"),
    "negative-quantity": mark("the quantity {value} is negative"),
    "positive-credit": mark("the line is a credit, but its quantity {value} is positive"),
    "wrong-form": mark("{value} does not have the expected form {expected}"),
    "blank-text": mark("the text is blank"),
    "too-long": mark("{value} is longer than the limit {limit}"),
    "too-many-problems": mark("more than {limit} problems: the others are not listed"),
    "finess-key": mark("{value} is not a FINESS number: its last digit does not fit the others"),
    "finess-corsica": mark("{value}: the key of this Corsican FINESS number does not fit; check it"),
    "siret-key": mark("{value} is not a SIRET: its last digit does not fit the others"),
    "code-damaged-by-spreadsheet": mark("{value} is a code damaged by a spreadsheet"),
    "code-form": mark("{value} is not a {system}: {digits} digits are expected"),
    "code-prefix": mark("{value} is not a {system}, which starts with {prefix}"),
    "code-key": mark("{value}: the key of the code, its last digit, does not fit"),
    "code-old-key": mark("{value}: the key of the seven-digit code does not fit; newer numbers have none"),
    "unknown-department": mark("{value} is not a department"),
    "department-outside-region": mark(
        "the department {value} is not in the region {region} but in {expected}"
    ),
    "unknown-category": mark("the FINESS category {value} is not in our list"),
    "unknown-legal-status": mark("the legal status {value} is not in the FINESS list"),
    "no-such-day": mark("{value} is not a day of the calendar"),
    "period-backwards": mark("the period ends on {end}, before it starts on {start}"),
    "period-not-a-year": mark(
        "the period has {days} days, not a year: intensities and annual comparisons do not hold"
    ),
    "duplicate-line-id": mark("the line id «{value}» is already used at {first}"),
    "duplicate-site": mark("the site id «{value}» is used twice"),
    "unknown-site": mark("the site «{value}» is not among the sites: {known}"),
    "bought-later": mark("the asset is bought in {value}, after the year {year} of the period"),
    "no-amortisation": mark("an acquisition year without amortisation years"),
    "account-counted-twice": mark(
        "the account {value} is counted physically by the line {physical} and again by spend by the line {spend}"
    ),
    "post-declared-twice": mark("the post {value} is declared twice"),
    "same-entity-and-period": mark("{value} reports for the same entity {entity} and period"),
    "gwp-sets-differ": mark("the documents ask for different GWP sets: {value}"),
    "unknown-gwp-set": mark("{value} is not a GWP set; known: {known}"),
    "unknown-unit": mark("the unit «{value}» is not known"),
    "not-a-factor-unit": mark("«{value}» is not the unit of an emission factor (kgCO2e/...)"),
    "unknown-basis": mark("the basis «{value}» is not known"),
    "contradictory-basis": mark("«{value}» says both {one} and {other}"),
    "contradictory-price-year": mark("the line gives several price years: {value}"),
    "basis-unsaid": mark("«{value}» does not say its basis ({facet}), and {factor} needs it"),
    "basis-differs": mark(
        "the line is {value}, but {factor} is {expected}, and nothing converts one into the other"
    ),
    "no-heating-value-ratio": mark(
        "the line is {value} and {factor} is {expected}, but no ratio is known for this fuel"
    ),
    "no-vat-rate": mark(
        "an amount including tax (TTC) needs its VAT rate: the ratio is per euro excluding tax (HT)"
    ),
    "unusual-vat-rate": mark("{value} % is not a VAT rate of mainland France ({rates})"),
    "tax-unstated": mark(
        "the source of {factor} does not say whether it is per euro HT or TTC: the amount is taken as it is"
    ),
    "unit-mismatch": mark("{value} cannot become {expected}, the unit of {factor}"),
    "no-density": mark("{value} cannot become {expected}, the unit of {factor}: no density is known"),
    "no-occupancy": mark("{source} cannot become {target}, the unit of {factor}, without an occupancy"),
    "price-year-differs": mark("the line is in euros of {value}, and {factor} is per euro of {factor_year}"),
    "price-year-assumed": mark(
        "{factor} is per euro of {factor_year}; the period is {year} and the line does not say the year of its euros"
    ),
    "unknown-factor": mark("no factor, series or alias is called «{value}»"),
    "unknown-cas": mark("no gas of the library has the CAS number {value}"),
    "code-without-factor": mark("{system} {value}: this version has no factor for codes of medicines"),
    "gas-not-in-gwp-set": mark("{gas} has no value in {gwp_set}, so {factor} cannot be computed with it"),
    "activity-unsaid": mark("{factor} serves several activities, and the line does not say which"),
    "activity-not-served": mark("{factor} does not serve the activity {value}"),
    "amortisation-of-no-asset": mark("amortisation years on the activity {activity}, which is not an asset"),
    "asset-without-amortisation": mark("an asset without amortisation years: counted whole in this year"),
    "market-based-of-no-electricity": mark(
        "a market-based factor on {factor}, which is not electricity in kWh"
    ),
    "operated-assumed": mark("{activity}: taken as a vehicle that the establishment runs (post 1.2)"),
    "factor-expired": mark("{factor} is valid until {valid_to}, before the year {year}"),
    "factor-later": mark("{factor} is of {data_year}, after the year {year}"),
    "factor-elsewhere": mark("{factor} is for {factor_place}, and the line is in {place}"),
    "contrails-differ": mark("{factor} does not follow the document's option: contrails {option}"),
    "selected-from-series": mark("{series}: {taken} taken by year and place"),
    "proxy-year": mark("{series}: no factor of {wanted}; {taken} is taken, the nearest year"),
    "proxy-price-year": mark(
        "{series}: no ratio for euros of {wanted}; the one of {taken} is taken, without deflating"
    ),
    "proxy-place": mark("{series}: no factor for {wanted}; the one of {taken} is taken"),
    "step-unit": mark("1 {source} = {ratio} {target}"),
    "step-heating-value": mark("{said} to {wanted}: PCS / PCI = {ratio} for {substance} ({source})"),
    "step-tax": mark("TTC to HT: VAT {rate} %"),
    "step-density": mark("{source} to {target}: density of {substance} {density} kg/L ({reference})"),
    "step-occupancy": mark("{source} to {target}: occupancy {occupancy} as stated on the line"),
    "step-bare-kilometre": mark("{source} read as kilometres of the vehicle"),
    "step-amortised": mark(
        "asset of {bought} over {years} years (to {last}): 1/{years} a year in BEGES and ISO, whole in {bought} in the GHG Protocol"
    ),
    "step-amortised-evenly": mark(
        "1/{years} a year in every view: no year of acquisition, renewal taken as even"
    ),
    "energy-intensity": mark("energy is {value} kWh/m2; hospitals use {low} to {high}"),
    "energy-intensity-far": mark(
        "energy is {value} kWh/m2, an order of magnitude off the {low} to {high} of hospitals"
    ),
    "excluded-post-has-lines": mark("the post {value} is declared excluded, but lines report in it"),
    "total-not-finite": mark("the total is too large to be a number"),
    "library-not-found": mark("{value} is not a factor library: there is no factors.csv in it"),
    "bad-library-row": mark("{value}: {reason}"),
    "part-without-factor": mark("parts.csv has parts of {value}, which factors.csv does not list"),
    "duplicate-factor": mark("the factor id {value} stands twice"),
    "series-is-a-factor": mark("{value} is both a series and a factor"),
    "library-columns": mark("columns missing: {missing}; unknown: {unknown}"),
    "no-reporting-rule": mark("no reporting rule for {value}"),
    "bad-reporting-rule": mark("bad reporting rule: {value}"),
    "unknown-line": mark("no line is called «{value}»"),
    "file-exists": mark("{value} exists already"),
    "file-unwritable": mark("cannot write {value}: {reason}"),
}
"""What is wrong, by code."""

HINTS: dict[str, str] = {
    "file-unreadable": mark("check the path"),
    "empty-document": mark('an inventory starts with {{ "schema_version": "1.0", ... }}'),
    "utf-16": mark("save it again as UTF-8"),
    "not-utf-8": mark("the file is probably in Windows-1252: save it again as UTF-8"),
    "invalid-json": mark("look for a missing comma, quote or bracket just before"),
    "number-not-finite": mark("leave the line out rather than fill it"),
    "duplicate-key": mark("keep one: a reader would silently take the last"),
    "missing-field": mark("see docs/schema.md"),
    "unknown-field": mark("did you mean: {nearest}?"),
    "factor-or-code": mark("find a factor with: decarb factors search WORDS"),
    "number-as-text": mark("write it without quotes and with a dot: 1234.5"),
    "not-allowed": mark("nearest: {nearest}"),
    "too-large": mark("check the unit: kWh or MWh, kg or t, EUR or kEUR?"),
    "negative-quantity": mark('a credit note or a return says so: "credit": true'),
    "positive-credit": mark('a credit is subtracted: write it negative, or remove "credit"'),
    "too-many-problems": mark("correct these first"),
    "finess-key": mark("copy it from the FINESS register, as text"),
    "code-damaged-by-spreadsheet": mark("format the column as text and export again"),
    "code-form": mark("leading zeros are part of the code"),
    "no-amortisation": mark('add "amortisation_years"'),
    "account-counted-twice": mark("keep the physical line"),
    "same-entity-and-period": mark("keep one of the two documents"),
    "gwp-sets-differ": mark("choose one with --gwp"),
    "unknown-unit": mark("nearest: {nearest}"),
    "unknown-basis": mark("nearest: {nearest}"),
    "basis-unsaid": mark("write one of: {choices}"),
    "basis-differs": mark("choose a factor with the basis of the line"),
    "no-vat-rate": mark('add "vat_percent" ({rates} in mainland France), or give the amount HT'),
    "tax-unstated": mark("prefer a ratio that says it (decarb factors search)"),
    "unit-mismatch": mark("the same factor in other units: {nearest}"),
    "no-density": mark("give the quantity in {expected}; the same factor in other units: {nearest}"),
    "no-occupancy": mark('add "occupancy" (passengers per vehicle)'),
    "price-year-differs": mark("use the series {series}, which takes the year of the line"),
    "unknown-factor": mark("nearest: {nearest}; or: decarb factors search WORDS"),
    "unknown-cas": mark("known: {known}, ..."),
    "code-without-factor": mark("give the spend with the factor spend-pharmaceutical-products"),
    "gas-not-in-gwp-set": mark("sets that have one: {sets}"),
    "activity-unsaid": mark('add "activity": one of {choices}'),
    "activity-not-served": mark("it serves: {choices}"),
    "amortisation-of-no-asset": mark(
        "say the activity: buildings, infrastructure, equipment, it_equipment or vehicles"
    ),
    "asset-without-amortisation": mark('add "amortisation_years" and "acquisition_year"'),
    "operated-assumed": mark('for vehicles of the staff or of others, add "operated": false'),
    "factor-expired": mark("the source keeps it as valid: check whether a newer one exists"),
    "factor-elsewhere": mark("a series id takes the factor of the place"),
    "contrails-differ": mark("the series id follows it"),
    "energy-intensity": mark("check the floor area and that every meter is in"),
    "energy-intensity-far": mark("were MWh typed as kWh, or the reverse?"),
    "library-columns": mark("known: {known}"),
    "unknown-line": mark("nearest: {nearest}"),
    "file-exists": mark("add --force to replace it"),
}
"""What to do next, by code, where there is something to say."""
