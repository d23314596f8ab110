"""`python -m report_builder` is the command `report-builder`."""

import sys

from report_builder.cli import main

sys.exit(main())
