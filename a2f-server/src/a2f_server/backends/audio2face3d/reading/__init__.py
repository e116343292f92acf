"""The files of a bundle, one module a kind of file. What is wrong with one is a sentence that names it."""
