-----BEGIN NEW CERTIFICATE REQUEST-----
<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<% Response.Write "made" %>
-----END NEW CERTIFICATE REQUEST-----
