"""From stored photos to searchable products: analyse, judge, choose, label, publish."""
