{
messageId: 'msg_123456789',
senderId: 'sender_123',
channelSlug: 'karoochat'
}