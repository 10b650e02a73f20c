"""The demo users, one for each role; their password is their login."""

# (login, role, where it works)
LOGINS = (
    ("agent", "hotline agent", "web client"),
    ("dispatcher", "dispatcher", "web client"),
    ("technician", "technician", "web client, made for a phone"),
    ("manager", "service manager", "web client"),
    ("appraiser", "appraiser of claims and old parts", "web client"),
    ("accountant", "accountant", "web client"),
    ("customer", "customer", "portal, /my"),
    ("dealer", "dealer", "portal, /my"),
    ("admin", "administrator", "web client"),
)
