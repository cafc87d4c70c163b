"""Which kinds stand for the others where the code that is asked is the same for every kind: one of each shape (decision 36)."""

# What the declaration gives is made of the same statements for every kind: on the second database those are asked of a kind of each shape
# (with a requester, a team and clocks; with versions of terms; with versions of texts; with parts), with --full of every kind.
ON_EACH_DATABASE = ("incident", "agreement", "document", "risk")
