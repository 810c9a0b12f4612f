"""Delivery reports as mail servers write them. `{path}` stands for the return path they go to, `{id}` for our message's id."""

from __future__ import annotations

POSTFIX = """\
Return-Path: <>
Delivered-To: {path}
Date: Tue, 24 Nov 2026 09:00:01 +0000 (UTC)
From: MAILER-DAEMON@mx.home.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {path}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4D1.1417424400/mx.home.example"
Message-Id: <20261124090001.4D2@mx.home.example>

This is a MIME-encapsulated message.

--4D1.1417424400/mx.home.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.home.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<ann@home.example>: {diagnostic}

--4D1.1417424400/mx.home.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.home.example
X-Postfix-Queue-ID: 4D1
Arrival-Date: Tue, 24 Nov 2026 09:00:00 +0000 (UTC)

Final-Recipient: rfc822; ann@home.example
Original-Recipient: rfc822;ann@home.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.home.example
Diagnostic-Code: smtp; {diagnostic}

--4D1.1417424400/mx.home.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <{path}>
From: The Firm <desk@firm.example>
To: Ann Miller <ann@home.example>
Subject: Your bill
Message-ID: {id}

Please pay.

--4D1.1417424400/mx.home.example--
"""

EXIM = """\
Return-path: <>
Envelope-to: {path}
X-Failed-Recipients: ann@home.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.home.example>
To: {path}
References: {id}
Content-Type: multipart/report; report-type=delivery-status; boundary=1764-eximdsn-97
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1x-0001@mx.home.example>

--1764-eximdsn-97
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

  ann@home.example
    host mail.home.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<ann@home.example>:
    550 5.1.1 <ann@home.example>: Recipient address rejected

--1764-eximdsn-97
Content-type: message/delivery-status

Reporting-MTA: dns; mx.home.example

Action: failed
Final-Recipient: rfc822;ann@home.example
Status: 5.0.0
Remote-MTA: dns; mail.home.example
Diagnostic-Code: smtp; 550 5.1.1 <ann@home.example>: Recipient address rejected

--1764-eximdsn-97
Content-type: text/rfc822-headers

From: The Firm <desk@firm.example>
Message-ID: {id}

--1764-eximdsn-97--
"""

EXIM_OLD = """\
Return-path: <>
Envelope-to: {path}
X-Failed-Recipients: ann@home.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.home.example>
To: {path}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software (Exim 4.69).

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ann@home.example
    SMTP error from remote mail server after RCPT TO:<ann@home.example>:
    host mail.home.example [192.0.2.7]: 550 5.1.1 User unknown
"""

EXCHANGE = """\
Received: from EX01.home.example by EX02.home.example; Tue, 24 Nov 2026 09:00:00 +0000
Return-Path: <>
From: <postmaster@home.example>
To: <{path}>
Date: Tue, 24 Nov 2026 09:00:01 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="bb5fa4e0-8bb8-4d4a-9d5c"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <6b0e6a3b-4d2b@EX01.home.example>
In-Reply-To: {id}
References: {id}
Subject: Undeliverable: Your bill

--bb5fa4e0-8bb8-4d4a-9d5c
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="4ab7a2f9-2f3a-4a3f"

--4ab7a2f9-2f3a-4a3f
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to ann@home.example couldn't be delivered.

--4ab7a2f9-2f3a-4a3f
Content-Type: text/html; charset="us-ascii"

<html><body><b>Your message</b> couldn't be delivered.</body></html>

--4ab7a2f9-2f3a-4a3f--

--bb5fa4e0-8bb8-4d4a-9d5c
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.home.example
Received-From-MTA: dns;mx.home.example
Arrival-Date: Tue, 24 Nov 2026 09:00:00 +0000

Final-Recipient: rfc822;ann@home.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--bb5fa4e0-8bb8-4d4a-9d5c
Content-Type: message/rfc822

From: The Firm <desk@firm.example>
To: Ann Miller <ann@home.example>
Message-ID: {id}

Please pay.

--bb5fa4e0-8bb8-4d4a-9d5c--
"""

QMAIL = """\
Return-Path: <>
Delivered-To: {path}
From: MAILER-DAEMON@home.example
To: {path}
Subject: failure notice

Hi. This is the qmail-send program at home.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@home.example>:
Sorry, no mailbox here by that name. (#5.1.1)
"""

MALFORMED = """\
Return-Path: <>
X-Original-To: {path}
From: MAILER-DAEMON@home.example
To: undisclosed
Subject: Returned mail: see transcript for details
Content-Type: multipart/report; report-type=delivery-status; boundary="never"

--other
Content-Type: message/delivery-status

Action
Status 550 5.1.1 unknown user
"""

LATE = """\
Return-Path: <>
From: MAILER-DAEMON@home.example
To: {path}
Subject: Warning: could not send message for past 4 hours; delivery delayed

Your message has not yet been delivered. 451 4.4.1 Connection timed out. It will be retried for 5 days.
"""

HOLIDAY = """\
Return-Path: <>
Delivered-To: {path}
From: Ann Miller <ann@home.example>
To: {path}
Subject: Auto: Your bill
Auto-Submitted: auto-replied (vacation)
In-Reply-To: {id}
References: {id}
Message-ID: <v-1@home.example>

I am away until Monday.
"""
