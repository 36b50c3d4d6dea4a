# instead of:
            async_to_sync(self.channel_layer.send)("reports", event)
        except ChannelFull:
            self.send(json.dumps({"error": "The box is full. Try again later."}))
        else:
            self.send(json.dumps({"reported": True}))
# stands:
            async_to_sync(get_channel_layer().send)("reports", event)
            answer = {"reported": True}
        except ChannelFull:
            answer = {"error": "The box is full."}
        self.send(text_data=json.dumps(answer))
# instead of:
from channels.generic.websocket import WebsocketConsumer
# stands:
from channels.generic.websocket import WebsocketConsumer
from channels.layers import get_channel_layer
