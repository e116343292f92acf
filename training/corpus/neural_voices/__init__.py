"""Speech by neural voices (Kokoro and hibari), whose graphs know the durations of their phones."""
