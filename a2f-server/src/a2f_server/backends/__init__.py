"""What hears sound and answers with weights: one file (or folder) a model, one selector, one contract."""
