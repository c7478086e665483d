"""People: persons, their memberships of libraries (reader's cards), classes, user accounts and roles.

Words: a *person* is a human being, once; a *membership* makes the person a reader of one library and carries
the
card number; a *class* is a grade and letter of one school year; an *enrolment* is the history of who was in
which.
A *user* signs in; a *role assignment* gives a user a role at a node of the network. Never knows books.
"""
