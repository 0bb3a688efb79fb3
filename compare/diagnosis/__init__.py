"""Why a spiking twin reads worse than its standard network: causes, each with its evidence and its remedy."""

from compare.diagnosis.find import Diagnosis, Finding, diagnose

__all__ = ["Diagnosis", "Finding", "diagnose"]
