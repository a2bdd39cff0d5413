"""What all tests share: the settings of hypothesis. Order is random (pytest-randomly)."""

from hypothesis import settings

# No deadline: a slow machine is not a fault of the rule under test.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
