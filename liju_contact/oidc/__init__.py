"""Asks other services who somebody is, by OpenID Connect: the only room that speaks HTTP to them.

A service is known by its issuer alone; the rest it says itself (OpenID Connect Discovery 1.0). What it says is believed
as far as its signature and the few claims of ``id_token`` go.
"""
