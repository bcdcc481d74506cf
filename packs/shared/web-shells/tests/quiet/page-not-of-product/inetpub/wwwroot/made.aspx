<%@ Page Language="C#" %>
<% Response.Write(DateTime.Now); %>
