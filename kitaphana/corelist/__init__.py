"""The national list of core literature: working groups, experts, proposals, votes, approval by two ministries, versions.

A *list* is for one level of education, language of instruction and age band. Its *versions* walk one route
(``transitions``); a published version never changes. This domain never writes bibliographic records.
"""
