"""What heads decide about their people: inbox, decisions, counter-offers, standing in, reminders."""
