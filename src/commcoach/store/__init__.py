"""Sessions in a database: tables, repositories, migrations; rows never leave this folder."""
