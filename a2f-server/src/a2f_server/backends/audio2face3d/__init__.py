"""NVIDIA Audio2Face-3D bundles from Hugging Face: v2.3 (regression) and v3.0 (diffusion).

Audio → network → one matrix (`projection`) → smoothing (`animation`) → bounded least squares (`solver`) → 52 weights.
"""
