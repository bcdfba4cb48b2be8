"""What tests and benchmarks share: the sample registry, a server, a browser, a client of Streamlit's socket."""
