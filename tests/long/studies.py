"""The studies of the long circle of tests."""

from __future__ import annotations

from long.advice import settings as settings_of_advice
from long.advice import study_advice
from long.coverage import settings, study_coverage
from long.fits import settings as settings_of_fits
from long.fits import study_fits
from long.grain import settings as settings_of_grain
from long.grain import study_grain
from long.published import settings as settings_of_published
from long.published import study_published
from long.regions import conditions, study_regions
from long.study import Study

STUDIES = {
    study.name: study
    for study in (
        Study("coverage", "How often do 95 % intervals over replicates hold the mean?", study_coverage, settings),
        Study(
            "advice",
            "How much worse is the advised program than the best bundle that ships, in futures that the search did not see?",
            study_advice,
            settings_of_advice,
        ),
        Study(
            "grain",
            "Are levels the same whether one customer is simulated for one or for ninety?",
            study_grain,
            settings_of_grain,
        ),
        Study(
            "published",
            "What do published organizations say about the norm, and what of the model is left where they are believed?",
            study_published,
            settings_of_published,
        ),
        Study(
            "fits",
            "What do fits tell of a bank of 300 people, how often are they right, and what misfit do they see?",
            study_fits,
            settings_of_fits,
        ),
        Study("regions", "Over what part of the plausible ranges do conjectures hold?", study_regions, conditions),
    )
}
"""Studies by name."""
