"""What pages share: the guard, the frame, the choices, every Streamlit cache."""
