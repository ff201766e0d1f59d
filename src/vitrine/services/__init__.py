"""The use cases of Vitrine, one package for each noun of the shop."""
