"""What holds for all tests."""

from hypothesis import settings

# No test depends on time: on a busy machine every example is slow.
settings.register_profile("apex", deadline=None)
settings.load_profile("apex")
