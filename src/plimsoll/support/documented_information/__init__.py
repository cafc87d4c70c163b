"""Documents as people work with them (7.5): the gallery of templates, writing, filling, reading, versions, files, the library."""
