"""What was measured, judged against its bar and written down."""
