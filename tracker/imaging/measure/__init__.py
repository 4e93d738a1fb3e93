"""One file per quantity: a photo and a region in, numbers with unit and standard error out."""
