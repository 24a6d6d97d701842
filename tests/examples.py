from hypothesis import settings


def examples(usually: int, *, campaign: int = 0) -> int:
    """How many examples a property gets; `make campaign` multiplies them by twenty, as it does hypothesis' own hundred, unless it
    has a number of its own.
    """
    if settings.get_current_profile_name() != "campaign":
        return usually
    return campaign or 20 * usually
