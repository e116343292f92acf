"""One model for several processes: a separate one runs it, to which the others send batches in shared memory."""
