<%@ Page Language="C#" %>
<% Response.ContentType = "image/gif"; Response.Write("GIF89a"); %>
