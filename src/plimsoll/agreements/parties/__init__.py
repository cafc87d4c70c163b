"""What other parties operate for us, under which agreement, and the proof that we stay in control of it (8.2.3).

It stands among the agreements and not in the portfolio, as each row names the contract or internal agreement that it rests on.
"""
