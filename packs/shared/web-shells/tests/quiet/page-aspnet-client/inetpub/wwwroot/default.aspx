<%@ Page Language="C#" %>
<% Response.Redirect("/owa/"); %>
