"""NVIDIA Audio2Face-3D bundles, as Hugging Face has them: v2.3 (regression) and v3.0 (diffusion).

Sound → network → one matrix (`fold`) → smoothing (`animator`) → bounded least squares (`solver`) → 52 weights.
"""
