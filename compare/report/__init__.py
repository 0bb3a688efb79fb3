"""The report: every claim of the lesson with its figures and findings, in one HTML file that needs nothing else."""

from compare.report.page import Report, write_report

__all__ = ["Report", "write_report"]
