"""The developer commands behind `./dev`.

Two phases: the set-up modules use the standard library alone and make the virtual environment;
then `./dev` continues inside it (see `cli`), where psycopg2 and the other packages are at hand.
"""
