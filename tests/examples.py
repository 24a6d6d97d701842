from hypothesis import settings


def examples(usually: int) -> int:
    """How many examples a property gets; `make campaign` multiplies them, as it does hypothesis' own hundred."""
    chosen = settings.get_current_profile_name()
    return usually * (20 if chosen == "campaign" else 1)
