messages = { "messages": [ { "from": "MyCompany", "to": "79034567890", "text": "Code: 1234" } ] }
