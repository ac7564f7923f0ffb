"""What people do with an object that is there: change it, take it on, link it, follow its story."""
