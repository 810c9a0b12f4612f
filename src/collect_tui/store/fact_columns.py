"""The columns that make up the facts of an account, by what they are of."""

from __future__ import annotations

POINT = "id kind value ord quality consent zones normalized consent_source consent_on"
PARTY = "id name kind lang zone times"
HOLD = "id kind placed_on until reason scope target_id status placed_by"
ATTEMPT = "id at action result counted contact right_party point_id supersedes"
ITEM = "id doc_no kind issued due amount open disputed service_id level"
APPLICATION = "id credit_id item_id amount directed"
SERVICE = "id product billing_system identifier status suspend_cause monthly life_support"
ORDER = (
    "id number service_id kind reason effective status requested_on sent_at reversal_of detail override_by"
    " extended target monthly"
)
MESSAGE = "id level channel status served_on service_id template point_id made_on sent_on lifted"
RECEIVED = "id channel status made_on point_id address thread subject detail"
CALLBACK = "id at owner point_id status note"
