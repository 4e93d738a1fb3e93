"""Values in, files out: charts, tables, comparison images. No Streamlit, no database."""
