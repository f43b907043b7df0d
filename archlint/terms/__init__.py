"""What every language says in the same way: neutral terms, clauses of idioms, and SQL in texts.

The languages do not know each other; what two of them need stands here, and knows no syntax tree.
"""
