"""Import files: what is set up here and was written down elsewhere, with its parts beside it; tried first, brought in whole, given back."""
