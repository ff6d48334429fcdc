"""What is kept in a database: tables, repositories, migrations; rows never leave this folder."""
