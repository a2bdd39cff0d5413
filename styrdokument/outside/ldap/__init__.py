"""A directory that speaks LDAP: OpenLDAP, Active Directory and their like.

`settings` is what an administrator says, `kinds` how each kind of server names things, `line` talks
to the servers, `entries` reads what they answer, and `organisation` asks the questions. Nothing but
this folder knows ldap3.
"""
