"""Tables from spreadsheets and for them."""
