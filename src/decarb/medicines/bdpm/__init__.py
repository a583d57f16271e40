"""The public medicines database (base de données publique des médicaments, ANSM): files, labels, masses."""
