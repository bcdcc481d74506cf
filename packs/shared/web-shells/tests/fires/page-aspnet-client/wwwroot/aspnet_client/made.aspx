<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<%@ Page Language="C#" %>
<% Response.Write("made for a test"); %>
