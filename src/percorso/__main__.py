"""`python -m percorso` is `percorso`."""

from percorso.cli import main

if __name__ == "__main__":
    main()
