"""``python -m liju_contact``: the command line."""

from liju_contact.app import main

if __name__ == "__main__":
    main()
